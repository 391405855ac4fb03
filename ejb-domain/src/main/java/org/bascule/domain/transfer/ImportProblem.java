package org.bascule.domain.transfer;

import org.bascule.domain.refusal.Sentence;

/**
 * Why an import was not done.
 *
 * @param line of the text, from 1; 0 for the import as a whole
 * @param column name of the column or member, or the position in the line where the text itself is wrong; empty for the whole line
 */
public record ImportProblem(long line, String column, Sentence sentence) {

    /** Of which only the English is known. */
    public ImportProblem(long line, String column, String reason) {
        this(line, column, Sentence.plain(reason));
    }

    /** Why, in English. */
    public String reason() {
        return sentence.toString();
    }
}
