"""Every error the device raises on purpose, in one tree.

EdgeError
├── ConfigError        fix the file, then restart    exit 2
├── HardwareError      retry, then restart           exit 3
│   ├── CameraError
│   └── EngineError
├── ModelError         keep the model in service     exit 4
│   └── ContractError
├── UpdateError        refuse, keep what we have     exit 5
│   └── StorageError
└── DeliveryError      keep the message, try later   never exits

The branch says what the caller should do; the class says what happened.
"""

from __future__ import annotations

from typing import ClassVar


class EdgeError(Exception):
    """Something the device foresaw went wrong.

    Attributes:
        exit_code: What the process exits with when nobody handles the error.
    """

    exit_code: ClassVar[int] = 1


class ConfigError(EdgeError):
    """The configuration, or an argument on the command line, cannot be used.

    Attributes:
        faults: Every fault found, one sentence each, cause and fix included.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, *faults: str) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


class HardwareError(EdgeError):
    """A piece of hardware failed; trying again may help."""

    exit_code: ClassVar[int] = 3


class CameraError(HardwareError):
    """A camera cannot be opened, or stopped delivering.

    Attributes:
        camera: The camera's name in the configuration.
        source: Where its frames come from, without a password.
    """

    def __init__(self, camera: str, source: str, cause: str) -> None:
        super().__init__(f"camera {camera!r} ({source}): {cause}")
        self.camera = camera
        self.source = source


class EngineError(HardwareError):
    """An inference engine cannot be loaded, or failed while running."""


class ModelError(EdgeError):
    """A model cannot be used; the one in service stays."""

    exit_code: ClassVar[int] = 4


class ContractError(ModelError):
    """A model's tensor is not what its contract promises.

    Attributes:
        tensor: Name of the offending tensor.
        expected: Shape and dtype in the contract.
        found: Shape and dtype that were met.
    """

    def __init__(self, tensor: str, *, expected: str, found: str) -> None:
        super().__init__(f"tensor {tensor!r}: expected {expected}, found {found}")
        self.tensor = tensor
        self.expected = expected
        self.found = found


class UpdateError(EdgeError):
    """Something new, or something kept, cannot be trusted or stored."""

    exit_code: ClassVar[int] = 5


class StorageError(UpdateError):
    """What was kept on disk is damaged, or the disk refuses to keep more."""


class DeliveryError(EdgeError):
    """A message could not be handed over; it is kept, and tried again."""
