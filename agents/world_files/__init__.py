"""The reader of world folders: tables checked, completed and turned into an opening."""
