package org.bascule.domain.transfer;

/**
 * Why an import was not done.
 *
 * @param line of the text, from 1; 0 for the import as a whole
 * @param column name of the column or member, or the position in the line where the text itself is wrong; empty for the whole line
 */
public record ImportProblem(long line, String column, String reason) {}
