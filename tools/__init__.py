"""Tools of the checkout, not in the wheel."""
