"""Text -> Graph: file syntaxes (tables/), families of printed tables (dialects/), and the language that both yield."""
