"""The world of Overreach: clock, books, markets and clearing. Names no company and imports only itself."""
