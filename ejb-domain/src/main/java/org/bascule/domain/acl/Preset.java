package org.bascule.domain.acl;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Built-in groups and what they are given on the root folder of a new domain; each permission stays separately grantable. */
public enum Preset {
    OWNERS("Owners", EnumSet.allOf(Permission.class)),
    ADMINISTRATORS("Administrators", EnumSet.allOf(Permission.class)),
    CONTRIBUTORS("Contributors", contributor());

    private final String group;
    private final Set<Permission> permissions;

    Preset(String group, Set<Permission> permissions) {
        this.group = group;
        this.permissions = Set.copyOf(permissions);
    }

    private static Set<Permission> contributor() {
        Set<Permission> permissions = EnumSet.copyOf(Permission.of(Permission.Kind.DEVICE_ACCESS));
        permissions.add(Permission.SEE_RESOURCES);
        return permissions;
    }

    public String group() {
        return group;
    }

    public Set<Permission> permissions() {
        return permissions;
    }

    public static Optional<Preset> ofGroup(String name) {
        return Arrays.stream(values()).filter(p -> p.group.equals(name)).findFirst();
    }
}
