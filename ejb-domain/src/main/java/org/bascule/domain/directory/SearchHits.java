package org.bascule.domain.directory;

import java.util.List;
import java.util.Optional;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;

/**
 * The devices in whose texts the words of a search are, where those are few. Lists go along an index until a page is full, which is slow when few devices are found
 * or none; the texts alone are read through in a twentieth of that time.
 */
final class SearchHits {

    /** Beyond this many, a page is full soon enough. */
    private static final int FEW = 500;

    private SearchHits() {}

    /** The ids, whoever may see them; empty if there are many, or if no word is searched for. */
    static Optional<List<String>> few(Sql.Scope domain, DeviceSearch search) {
        List<String> words = search.words();
        if (words.isEmpty()) {
            return Optional.empty();
        }
        StringBuilder text = new StringBuilder("select device_id from device_search where domain_id = :domain");
        for (int i = 0; i < words.size(); i++) {
            text.append(" and (resource_text like :word")
                    .append(i)
                    .append(" or device_text like :word")
                    .append(i)
                    .append(')');
        }
        Statement statement =
                domain.statement(text.append(" limit :limit").toString()).set("limit", FEW + 1);
        for (int i = 0; i < words.size(); i++) {
            statement.set("word" + i, words.get(i));
        }
        List<String> hits = statement.list(row -> row.text(1));
        return hits.size() > FEW ? Optional.empty() : Optional.of(hits);
    }
}
