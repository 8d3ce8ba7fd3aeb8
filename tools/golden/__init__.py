"""What SadTalker computes here against what the original computed: golden numbers, compared figure by figure."""
