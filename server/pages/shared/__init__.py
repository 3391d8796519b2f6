"""What all pages share: templates, styles and scripts, paging, diagrams, and lists in other formats."""
