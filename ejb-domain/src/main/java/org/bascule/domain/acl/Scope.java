package org.bascule.domain.acl;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bascule.domain.acl.RightsSnapshot.Principals;
import org.bascule.domain.database.Statement;

/**
 * The resources on which somebody holds a permission, as a condition of a statement: lists are filtered where they are made, before they are sorted
 * and cut.
 *
 * <pre>{@code
 * Scope scope = authorization.scope(caller, Permission.SEE_RESOURCES);
 * scope.bind(sql.in(domain).statement("select … from " + scope.byName("r") + " where r.domain_id = :domain and r.kind = 'device' and "
 *         + scope.things("r") + " order by r.name, r.id limit :limit"))
 * }</pre>
 *
 * <p>The statement binds parameters that begin with {@code scope}, or with the name of a second scope in it. Texts have few variants. A scope is for one request: it is worked out for this
 * moment.
 */
public final class Scope {

    /** Beyond this many devices, going through all names until a page is full is the faster plan; see {@link #byName}. */
    private static final double NARROW = 12;

    /** From this many on, folders of a list are told in another way than one by one: reading those takes the database longer than the list. */
    private static final int MANY = 200;

    /** Up to this many edges, it is they that are told: looking at what is above a folder costs less than reading so many others. */
    private static final int FEW_EDGES = 400;

    /** From one in so many devices on, a page is full after few rows. */
    private static final long WIDE = 4;

    /** How the folders are told. */
    private enum Form {
        NONE,
        ALL,
        LISTED,
        /** As one value. */
        PACKED,
        /** By where the permission begins and ends on the way down. */
        EDGES,
        ALL_BUT_LISTED
    }

    /**
     * Where a permission begins and ends on the way down: what is nearest above a folder, or the folder itself, decides.
     *
     * @param begins folders that have it while those around them have not
     * @param ends folders that do not have it while those around them have
     */
    private record Edges(List<String> begins, List<String> ends) {

        static Edges of(RightsSnapshot snapshot, BitSet granted) {
            List<String> begins = new ArrayList<>();
            List<String> ends = new ArrayList<>();
            for (int folder = 0; folder < snapshot.folderCount(); folder++) {
                boolean held = granted.get(folder);
                int parent = snapshot.parent(folder);
                if (held != (parent >= 0 && granted.get(parent))) {
                    (held ? begins : ends).add(snapshot.folderId(folder));
                }
            }
            return new Edges(begins, ends);
        }

        int count() {
            return begins.size() + ends.size();
        }

        List<String> all() {
            List<String> all = new ArrayList<>(begins);
            all.addAll(ends);
            return all;
        }
    }

    private static final Edges NO_EDGES = new Edges(List.of(), List.of());

    /** Nothing at all. */
    public static final Scope NOTHING =
            new Scope("scope", Form.NONE, List.of(), NO_EDGES, false, List.of(), List.of(), List.of(), false, false);

    private final String name;
    private final Form form;
    private final List<String> folders;
    private final Edges edges;
    private final boolean blocks;
    private final List<String> allowed;
    private final List<String> denied;
    private final List<String> places;
    private final boolean narrow;
    private final boolean wide;

    private Scope(
            String name,
            Form form,
            List<String> folders,
            Edges edges,
            boolean blocks,
            List<String> allowed,
            List<String> denied,
            List<String> places,
            boolean narrow,
            boolean wide) {
        this.name = name;
        this.form = form;
        this.folders = folders;
        this.edges = edges;
        this.blocks = blocks;
        this.allowed = allowed;
        this.denied = denied;
        this.places = places;
        this.narrow = narrow;
        this.wide = wide;
    }

    /**
     * Works it out.
     *
     * @param within only what is directly in one of these folders. Not to be changed
     * @param devices how many devices are in each folder itself, roughly
     */
    static Scope of(
            RightsSnapshot snapshot,
            Principals who,
            Permission permission,
            java.time.Instant now,
            BitSet within,
            Map<String, Integer> devices) {
        BitSet granted = (BitSet) snapshot.granted(who, permission, now).clone();
        granted.and(within);
        List<String> allowed = new ArrayList<>();
        List<String> denied = new ArrayList<>();
        Set<String> allowedPlaces = new HashSet<>();
        boolean blocks = false;
        for (String id : snapshot.concerning(who)) {
            Placement place = snapshot.special().get(id);
            int folder = place == null ? -1 : snapshot.folder(place.folder());
            if (place == null || folder < 0 || !within.get(folder)) {
                continue;
            }
            blocks |= !place.inherits();
            boolean base = place.inherits() && granted.get(folder);
            boolean held = snapshot.allows(who, permission, id, place, now);
            if (held && !base) {
                allowed.add(id);
                allowedPlaces.add(snapshot.folderId(folder));
            } else if (!held && base) {
                denied.add(id);
            }
        }
        return new Builder(snapshot, granted, within.cardinality() == snapshot.folderCount(), devices)
                .build(blocks, allowed, denied, allowedPlaces);
    }

    private record Builder(RightsSnapshot snapshot, BitSet granted, boolean everywhere, Map<String, Integer> devices) {

        Scope build(boolean blocks, List<String> allowed, List<String> denied, Set<String> allowedPlaces) {
            int count = granted.cardinality();
            int all = snapshot.folderCount();
            long visible = granted.stream().mapToLong(this::devicesIn).sum() + allowed.size();
            long total = devices.values().stream().mapToLong(Integer::intValue).sum();
            boolean narrow = (double) visible * visible < NARROW * Math.max(total, 1);
            boolean wide = !narrow && visible * WIDE >= total;
            boolean listed = narrow || !everywhere || count <= all - count;
            Form form = count == 0
                    ? Form.NONE
                    : everywhere && count == all ? Form.ALL : listed ? Form.LISTED : Form.ALL_BUT_LISTED;
            BitSet told = (BitSet) granted.clone();
            if (form == Form.ALL_BUT_LISTED) {
                told.flip(0, all);
            }
            List<String> folders = form == Form.ALL
                    ? List.of()
                    : told.stream().mapToObj(snapshot::folderId).toList();
            Set<String> places = new HashSet<>(allowedPlaces);
            if (form == Form.LISTED) {
                places.addAll(folders);
            }
            boolean driven = narrow && (form == Form.LISTED || form == Form.NONE);
            return new Scope(
                    "scope",
                    form,
                    folders,
                    wide && folders.size() >= MANY ? Edges.of(snapshot, granted) : NO_EDGES,
                    blocks,
                    allowed,
                    denied,
                    List.copyOf(places),
                    driven,
                    wide);
        }

        private long devicesIn(int folder) {
            return devices.getOrDefault(snapshot.folderId(folder), 0);
        }
    }

    /** The same with parameters that begin with another name, for a second permission in one statement. */
    public Scope named(String other) {
        return new Scope(other, form, folders, edges, blocks, allowed, denied, places, narrow, wide);
    }

    /**
     * The same for a list that is read along an index until its page is full. Whoever sees much of the domain has the edges of it told: what is above a folder is looked at for each row, of which
     * a page then needs few.
     */
    public Scope forPage() {
        return wide && folders.size() >= MANY && edges.count() <= FEW_EDGES ? told(Form.EDGES) : forAll();
    }

    /**
     * The same for what goes through all rows. Many folders become one value, from which the database makes a table with an index: where it can, which is where nothing but the folder decides.
     */
    public Scope forAll() {
        boolean packs = form == Form.LISTED && !narrow && !blocks && allowed.isEmpty() && folders.size() >= MANY;
        return packs ? told(Form.PACKED) : this;
    }

    private Scope told(Form other) {
        return new Scope(name, other, folders, edges, blocks, allowed, denied, places, narrow, wide);
    }

    /** Whether nothing at all is in it, so that nothing needs to be asked. */
    public boolean isEmpty() {
        return form == Form.NONE && allowed.isEmpty();
    }

    /**
     * The table {@code resource} for a list of things that is sorted by name: from the few folders that are visible, or along all names until the
     * page is full, whichever is faster.
     */
    public String byName(String alias) {
        return "resource " + alias + (narrow ? " force index (ix_resource_place)" : " force index (ix_resource_page)");
    }

    /** Whether everything in the domain is in it. */
    public boolean isEverything() {
        return form == Form.ALL && !blocks && denied.isEmpty();
    }

    /** The table {@code resource} for a list in another order, or a count: from the visible folders if they are few. */
    public String anyOrder(String alias) {
        return "resource " + alias + (narrow ? " force index (ix_resource_place)" : "");
    }

    /** Whether few devices are in it; then a statement that begins with another table is the slower one. */
    public boolean isNarrow() {
        return narrow;
    }

    /** The condition for rows of {@code resource} that are no folders. */
    public String things(String alias) {
        return things(alias, alias + ".parent_id");
    }

    /**
     * The same where another table says more cheaply that a row is not wanted: what is above a folder is looked at for those that are left.
     *
     * @param joined a column of that table that is never empty, and that the join does not say to be equal to one of {@code resource}: the database decides on a row of that before it reads the
     *     other, unless it needs the other for it
     */
    public String thingsAfter(String joined, String alias) {
        String place = alias + ".parent_id";
        return things(alias, form == Form.EDGES ? "if(" + joined + " = '', null, " + place + ")" : place);
    }

    private String things(String alias, String place) {
        String within = inFolders(place);
        if (blocks && form != Form.NONE) {
            within = "(" + alias + ".inherit = 1 and " + within + ")";
        }
        if (!denied.isEmpty()) {
            within = "(" + within + " and " + alias + ".id not in (:" + name + "Denied))";
        }
        if (!allowed.isEmpty()) {
            within = "(" + alias + ".id in (:" + name + "Allowed) or " + within + ")";
        }
        return narrow && !places.isEmpty()
                ? "(" + alias + ".parent_id in (:" + name + "Places) and " + within + ")"
                : within;
    }

    /** The condition for rows of {@code resource} that are folders. */
    public String folders(String alias) {
        return inFolders(alias + ".id");
    }

    /** The condition for rows of {@code resource} of every kind. */
    public String resources(String alias) {
        return "case when " + alias + ".kind = 'folder' then " + folders(alias) + " else " + things(alias) + " end";
    }

    private String inFolders(String column) {
        return switch (form) {
            case NONE -> "false";
            case ALL -> "true";
            case LISTED -> column + " in (:" + name + "Folders)";
            case PACKED -> column + " in (" + unpacked() + ")";
            case EDGES -> nearestEdge(column);
            case ALL_BUT_LISTED -> column + " not in (:" + name + "Folders)";
        };
    }

    private String unpacked() {
        return "select f.id from json_table(:" + name
                + "Folders, '$[*]' columns (id char(36) character set ascii collate ascii_bin path '$')) f";
    }

    private String nearestEdge(String column) {
        return "coalesce((select e.ancestor_id in (:" + name
                + "Begins) from folder_closure e force index (ix_closure_descendant)" + " where e.descendant_id = "
                + column + " and e.ancestor_id in (:" + name + "Edges) order by e.depth limit 1), 0) = 1";
    }

    /** Binds what the conditions need. */
    public Statement bind(Statement statement) {
        if (form == Form.PACKED && statement.has(name + "Folders")) {
            statement.set(name + "Folders", "[\"" + String.join("\",\"", folders) + "\"]");
        } else {
            bind(statement, name + "Folders", folders);
        }
        bind(statement, name + "Begins", edges.begins());
        bind(statement, name + "Edges", edges.all());
        bind(statement, name + "Denied", denied);
        bind(statement, name + "Allowed", allowed);
        bind(statement, name + "Places", places);
        return statement;
    }

    private static void bind(Statement statement, String name, List<String> ids) {
        if (statement.has(name)) {
            statement.set(name, ids);
        }
    }
}
