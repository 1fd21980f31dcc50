"""Contact details of units: changed, corrected, proposed, found undeliverable."""
