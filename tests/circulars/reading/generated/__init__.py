"""Letters and distribution blocks made from known ones in changed forms, with the truth unchanged."""
