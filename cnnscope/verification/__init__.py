"""Every number of an analysis against engines that know nothing of it."""
