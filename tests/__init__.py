"""Every test, and what they share. A package only so that the folder of the pages' tests is one."""
