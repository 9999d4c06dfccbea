"""How much a template may use. Rendering a usual one takes milliseconds and a few megabytes more than Python itself."""

SECONDS = 2  # of processor time, for one template with all that it includes
MEGABYTES = 256
CHARACTERS = 1_000_000  # of the rendered text, values included
FILES = 1_000  # in templates/
BYTES = 4_000_000  # in templates/
KILLED = 5  # templates that had to be stopped, after which the rest is not begun
PATIENCE = 300  # seconds for all: on a busy machine, processor time takes its time
