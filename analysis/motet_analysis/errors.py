"""What a user can mend."""


class InputError(Exception):
    """One line that names the file or option and the mend."""
