"""Many points at once: what varies, the work cut into tasks, who does it, where it is kept."""
