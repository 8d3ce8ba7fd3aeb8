"""What an installed model computes against what the original computed: golden numbers, compared figure by figure."""
