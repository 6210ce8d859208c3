"""Object stores: what lies there is copied here once, what is made here goes there."""
