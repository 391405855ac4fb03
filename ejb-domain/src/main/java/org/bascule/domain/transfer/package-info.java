/**
 * Export and import of a domain's directory with its rights (requirement DOM-7), as JSON or CSV.
 *
 * <p>Both formats hold the same lines: one kind of thing each, told by columns. An export tells what the caller sees. An import makes the
 * directory say what the file says of the things that it names, and leaves all others alone; it needs, for each change, what the single change
 * needs. It is planned in memory from one state of the database, and written in one transaction: all of it, or nothing.
 *
 * <p>Invariants: what a line may not do is found before anything is written; rights are asked as they are before the import, so that a file cannot
 * give its importer the right to go on; no statement for each line.
 */
@NullMarked
package org.bascule.domain.transfer;

import org.jspecify.annotations.NullMarked;
