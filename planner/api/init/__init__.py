"""From a folder of the office's files to a first project file."""
