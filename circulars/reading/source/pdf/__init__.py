"""Steps of reading one page of a PDF: glyphs, words, ruled tables, columns, form fields."""
