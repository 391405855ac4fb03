package org.bascule.domain.directory;

import org.bascule.domain.acl.Scope;

/** The statements about folders. */
final class FolderStatements {

    private static final String PAGE =
            """
            select r.id, r.name, r.description, r.parent_id, r.version, r.inherit, f.quota from resource r join folder f on f.id = r.id
              left join resource p on p.id = r.parent_id
            where r.domain_id = :domain and r.kind = 'folder' and\s""";

    private FolderStatements() {}

    static String page(Scope scope, FolderQuery query) {
        String wanted =
                switch (query.scope()) {
                    // at the top is what has nothing above it that is seen
                    case TOP -> " and (p.id is null or not (" + scope.folders("p") + "))";
                    case CHILDREN -> " and r.parent_id = :value";
                    case SEARCH -> " and r.search like :value";
                    case ALL -> "";
                };
        String behind =
                query.cursor().position().isEmpty() ? "" : " and r.name >= :key and (r.name > :key or r.id > :id)";
        return PAGE + scope.folders("r") + wanted + behind + " order by r.name, r.id limit :rows";
    }

    /** How many folders are seen in each. */
    static String children(Scope scope) {
        return "select r.parent_id, count(*) from resource r where r.domain_id = :domain and r.kind = 'folder'"
                + " and r.parent_id in (:folders) and " + scope.folders("r") + " group by r.parent_id";
    }

    /** How many devices are seen in each and below. The devices are read from the index of their folders alone. */
    static String devices(Scope scope) {
        return "select c.ancestor_id, count(*) from folder_closure c"
                + " join resource r on r.domain_id = :domain and r.kind = 'device' and r.parent_id = c.descendant_id"
                + " where c.domain_id = :domain and c.ancestor_id in (:folders) and " + scope.things("r")
                + " group by c.ancestor_id";
    }

    /** The folders above some resources that are seen, from the top down. */
    static String paths(Scope scope) {
        return "select c.descendant_id, r.id, r.name from folder_closure c join resource r on r.id = c.ancestor_id"
                + " where c.domain_id = :domain and c.descendant_id in (:folders) and c.depth > 0 and "
                + scope.folders("r") + " order by c.descendant_id, c.depth desc";
    }
}
