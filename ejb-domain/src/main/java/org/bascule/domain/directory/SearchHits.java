package org.bascule.domain.directory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    /** Beyond this many, naming them does not help. */
    private static final int SYSTEMS = 100;

    private final Sql.Scope domain;
    private final DeviceSearch search;
    private @Nullable List<List<String>> systems;

    /** For one request: what it asks the database for twice is asked for once. */
    SearchHits(Sql.Scope domain, DeviceSearch search) {
        this.domain = domain;
        this.search = search;
    }

    DeviceSearch search() {
        return search;
    }

    /** The ids, whoever may see them; empty if there are many, or if nothing says which. */
    Optional<List<String>> few(@Nullable DeviceState state) {
        return withWords().or(this::tagged).or(() -> devices(state));
    }

    private Optional<List<String>> withWords() {
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
    private Optional<List<String>> tagged() {
        return search.tag()
                .flatMap(tag -> few(domain.statement(
                                "select device_id from device_tag where domain_id = :domain and name = :tag limit :limit")
                        .set("tag", tag)));
    }

    /** By what is told in the table of devices itself. */
    Optional<List<String>> devices(@Nullable DeviceState state) {
        StringBuilder condition = new StringBuilder(search.ofDevices());
        if (condition.isEmpty() && state == null) {
            return Optional.empty();
        }
        Map<String, Object> values = new HashMap<>();
        if (state != null) {
            condition.append(" and d.state = :state");
            values.put("state", state.code());
        }
        for (List<String> matching : systems()) {
            if (matching.isEmpty()) {
                return Optional.of(List.of());
            }
            if (matching.size() <= SYSTEMS) {
                String name = "systems" + values.size();
                condition.append(" and d.os in (:").append(name).append(')');
                values.put(name, matching);
            }
        }
        Statement statement = search.bind(domain.statement(
                "select d.id from device d where d.domain_id = :domain" + condition + " limit :limit"));
        values.forEach(statement::set);
        return few(statement);
    }

    /** For each term about systems those that match it. */
    private List<List<String>> systems() {
        List<List<String>> known = systems;
        if (known == null) {
            known = search.systems().stream().map(this::systems).toList();
            systems = known;
        }
        return known;
    }

    /** Of the systems that are there, which are few in a domain: an index is asked once for each, however many devices have it. */
    private List<String> systems(String pattern) {
        return domain.statement(
                        """
                        select k.os from (select domain_id, os from device where domain_id = :domain group by domain_id, os) k
                        where k.os like :pattern limit :limit""")
                .set("pattern", pattern)
                .set("limit", SYSTEMS + 1)
                .list(row -> row.text(1));
    }

    private static Optional<List<String>> few(Statement statement) {
        List<String> hits = statement.set("limit", FEW + 1).list(row -> row.text(1));
        return hits.size() > FEW ? Optional.empty() : Optional.of(hits);
    }
}
