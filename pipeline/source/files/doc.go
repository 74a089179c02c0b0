// Package files reads a catalogue from file feeds: CSV, TSV and files with other delimiters, XLSX workbooks, JSON, NDJSON and
// Parquet, packed with gzip or zip or not. It finds the header, decides which rows are products, says which foreign column each
// catalogue field is read from, and delivers the cells as they stand.
//
// Only what is wrong with the shape of a file is judged here: a row with too many cells, a quote that is never closed, a cell
// that a spreadsheet could not compute. Texts, prices, barcodes and SKUs are cleaned and checked by the relations of sql/.
// A file that cannot be trusted as a whole is refused: nothing of it is delivered.
package files
