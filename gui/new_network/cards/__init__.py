"""The cards of the form: what is read and wanted, the cell, loss and training, the start, an exercise."""
