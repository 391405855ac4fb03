package org.bascule.control.command;

import jakarta.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bascule.control.Printable;

/**
 * Folders drawn as a tree. A folder whose parent is not among them is a root, so that each is drawn once whatever a server says; what hangs in a circle is
 * not drawn.
 */
final class FolderTree {

    private static final int MAX_DEPTH = 100;
    private static final int MAX_NAME = 100;

    private final List<JsonObject> roots = new ArrayList<>();
    private final Map<String, List<JsonObject>> below = new HashMap<>();
    private final List<String> lines = new ArrayList<>();

    private FolderTree() {}

    static FolderTree of(List<JsonObject> folders) {
        FolderTree tree = new FolderTree();
        Set<String> ids =
                folders.stream().map(folder -> Output.text(folder, "id")).collect(Collectors.toSet());
        for (JsonObject folder : folders) {
            String parent = Output.text(folder, "parent");
            if (ids.contains(parent)) {
                tree.below.computeIfAbsent(parent, any -> new ArrayList<>()).add(folder);
            } else {
                tree.roots.add(folder);
            }
        }
        return tree;
    }

    List<String> lines() {
        lines.clear();
        roots.forEach(root -> draw(root, "", "", 0));
        return List.copyOf(lines);
    }

    private void draw(JsonObject folder, String first, String further, int depth) {
        lines.add(first + named(folder));
        List<JsonObject> children = below.getOrDefault(Output.text(folder, "id"), List.of());
        for (int i = 0; i < children.size() && depth < MAX_DEPTH; i++) {
            boolean last = i == children.size() - 1;
            draw(children.get(i), further + (last ? "└── " : "├── "), further + (last ? "    " : "│   "), depth + 1);
        }
    }

    private static String named(JsonObject folder) {
        String name = Printable.of(Output.text(folder, "name"));
        String shown = name.codePointCount(0, name.length()) <= MAX_NAME
                ? name
                : name.substring(0, name.offsetByCodePoints(0, MAX_NAME - 1)) + "…";
        return "%s (%s devices)".formatted(shown, Printable.of(Output.text(folder, "devices")));
    }
}
