"""What is said in a text, by whom: attributions with source, cue and content, direct and indirect."""
