"""What writes pages of the documentation: figures, screens, and the references made from data and schema."""
