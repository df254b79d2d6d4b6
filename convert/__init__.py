"""The workstation half of stillwatch: train, shrink and publish the model that devices run."""
