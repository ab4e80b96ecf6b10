"""Graph -> numbers: one walk over the layers per file, one record that everything prints."""
