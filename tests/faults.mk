# What goes wrong around the command: full disks, signals, vanishing files, other commands at the same time.
