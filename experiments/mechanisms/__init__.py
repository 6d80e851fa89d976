"""What each mechanism and each declared number does, measured on paired futures, and the pages that say so."""
