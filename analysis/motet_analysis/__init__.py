"""Tables, figures and a report of Motet's gathered runs."""
