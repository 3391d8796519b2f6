"""Terms of answers in words: names of terms without labels, literals, and what a term links to."""
