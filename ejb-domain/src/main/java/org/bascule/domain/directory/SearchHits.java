package org.bascule.domain.directory;

import java.util.List;
import java.util.Optional;
import org.bascule.domain.database.Sql;
import org.bascule.domain.database.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The devices that a search or a state leaves, where those are few. Lists go along an index until a page is full, which is slow when few devices are found or none:
 * a table that holds nothing else, or the one of devices alone, is read through in a fraction of that time.
 */
final class SearchHits {

    /** Beyond this many, a page is full soon enough. */
    private static final int FEW = 500;

    private SearchHits() {}

    /** The ids, whoever may see them; empty if there are many, or if nothing says which. */
    static Optional<List<String>> few(Sql.Scope domain, DeviceSearch search, @Nullable DeviceState state) {
        return withWords(domain, search).or(() -> tagged(domain, search)).or(() -> devices(domain, search, state));
    }

    private static Optional<List<String>> withWords(Sql.Scope domain, DeviceSearch search) {
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
        Statement statement = domain.statement(text.append(" limit :limit").toString());
        for (int i = 0; i < words.size(); i++) {
            statement.set("word" + i, words.get(i));
        }
        return few(statement);
    }

    /** Those with the first tag that is wanted. */
    private static Optional<List<String>> tagged(Sql.Scope domain, DeviceSearch search) {
        return search.tag()
                .flatMap(tag -> few(domain.statement(
                                "select device_id from device_tag where domain_id = :domain and name = :tag limit :limit")
                        .set("tag", tag)));
    }

    /** By what is told in the table of devices itself. */
    static Optional<List<String>> devices(Sql.Scope domain, DeviceSearch search, @Nullable DeviceState state) {
        String condition = search.ofDevices() + (state == null ? "" : " and d.state = :state");
        if (condition.isEmpty()) {
            return Optional.empty();
        }
        Statement statement = search.bind(domain.statement(
                "select d.id from device d where d.domain_id = :domain" + condition + " limit :limit"));
        return few(state == null ? statement : statement.set("state", state.code()));
    }

    private static Optional<List<String>> few(Statement statement) {
        List<String> hits = statement.set("limit", FEW + 1).list(row -> row.text(1));
        return hits.size() > FEW ? Optional.empty() : Optional.of(hits);
    }
}
