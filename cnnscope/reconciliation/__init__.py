"""What other tools would report for a network, term by term from our own figures."""
