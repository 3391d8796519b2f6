"""The pages' tests: a package, so that its modules share fixtures of the scope `package`."""
