package org.bascule.domain.directory;

import jakarta.ejb.Stateless;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bascule.domain.audit.Changes.Place;
import org.bascule.domain.database.Sql;
import org.jspecify.annotations.Nullable;

/**
 * Where things are, for the log: the whole path, whoever sees which part of it, since the log is read for the whole domain (docs/decisions/0021). Paths
 * are those of the present transaction. Statements are few however much is asked for.
 */
@Stateless
public class FolderPaths {

    @Inject
    Sql sql;

    private record Step(String folder, boolean root, String name) {}

    private record Thing(String id, String folder, String name) {}

    /** A path as text: {@code /} without names, and a backslash before a slash or backslash that belongs to a name. */
    public static String text(List<String> names) {
        return names.stream()
                .map(name -> name.replace("\\", "\\\\").replace("/", "\\/"))
                .collect(Collectors.joining("/", "/", ""));
    }

    /** Folders by id. What is none stands for itself. */
    public Map<String, Place> of(String domainId, Collection<String> folders) {
        Map<String, Place> places = new HashMap<>();
        folders.forEach(id -> places.put(id, new Place(id, id)));
        if (folders.isEmpty()) {
            return places;
        }
        Map<String, List<String>> names = new HashMap<>();
        sql.in(domainId)
                .statement(
                        """
                        select c.descendant_id, a.parent_id is null, a.name
                        from folder_closure c join resource a on a.id = c.ancestor_id
                        where c.domain_id = :domain and c.descendant_id in (:folders) order by c.descendant_id, c.depth desc""")
                .set("folders", new HashSet<>(folders))
                .list(row -> new Step(row.text(1), row.flag(2), row.text(3)))
                .forEach(step -> {
                    List<String> path = names.computeIfAbsent(step.folder(), id -> new ArrayList<>());
                    if (!step.root()) {
                        path.add(step.name());
                    }
                });
        names.forEach((id, path) -> places.put(id, new Place(id, text(path))));
        return places;
    }

    /** One folder; null for null. */
    public @Nullable Place of(String domainId, @Nullable String folder) {
        return folder == null ? null : of(domainId, Set.of(folder)).get(folder);
    }

    /** What is in folders, by id and with its own name at the end. What there is not stands for itself. */
    public Map<String, Place> ofThings(String domainId, Collection<String> ids) {
        Map<String, Place> places = new HashMap<>();
        ids.forEach(id -> places.put(id, new Place(id, id)));
        if (ids.isEmpty()) {
            return places;
        }
        List<Thing> things = sql.in(domainId)
                .statement("select id, parent_id, name from resource"
                        + " where domain_id = :domain and id in (:ids) and parent_id is not null")
                .set("ids", new HashSet<>(ids))
                .list(row -> new Thing(row.text(1), row.text(2), row.text(3)));
        Map<String, Place> folders =
                of(domainId, things.stream().map(Thing::folder).collect(Collectors.toSet()));
        for (Thing thing : things) {
            Place folder = folders.get(thing.folder());
            String above = folder == null || folder.path().equals(text(List.of())) ? "" : folder.path();
            places.put(thing.id(), new Place(thing.id(), above + text(List.of(thing.name()))));
        }
        return places;
    }
}
