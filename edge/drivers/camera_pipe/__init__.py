"""Pictures that another program writes to its standard output: Raspberry Pi, Jetson, any command."""

from edge.drivers.camera_pipe.feed import PipeFeed
from edge.drivers.camera_pipe.programs import Program, program

__all__ = ["PipeFeed", "Program", "program"]
