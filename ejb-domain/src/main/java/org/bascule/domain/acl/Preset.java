package org.bascule.domain.acl;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Bundles of permissions (requirement ACL-3); each permission stays separately grantable. The first three have a built-in group, which is given them
 * on the root folder of a new domain.
 */
public enum Preset {
    OWNERS("owner", "Owner", "Owners", EnumSet.allOf(Permission.class)),
    ADMINISTRATORS("administrator", "Administrator", "Administrators", administrator()),
    CONTRIBUTORS("device-access", "Contributor: device access", "Contributors", contributor()),
    INSTALLERS("device-installer", "Contributor: device installer", null, installer()),
    NETWORK_SECURITY("network-security", "Contributor: network security", null, networkSecurity());

    private final String code;
    private final String text;
    private final Optional<String> group;
    private final Set<Permission> permissions;

    Preset(String code, String text, @Nullable String group, Set<Permission> permissions) {
        this.code = code;
        this.text = text;
        this.group = Optional.ofNullable(group);
        this.permissions = Set.copyOf(permissions);
    }

    /** Who administers the operator's domain does not run the installation by that. */
    private static Set<Permission> administrator() {
        Set<Permission> permissions = EnumSet.allOf(Permission.class);
        permissions.remove(Permission.OPERATE_INSTALLATION);
        return permissions;
    }

    private static Set<Permission> contributor() {
        Set<Permission> permissions = EnumSet.copyOf(Permission.of(Permission.Kind.DEVICE_ACCESS));
        permissions.add(Permission.SEE_RESOURCES);
        return permissions;
    }

    private static Set<Permission> installer() {
        return EnumSet.of(
                Permission.SEE_RESOURCES,
                Permission.INSTALL_DEVICES,
                Permission.CONFIGURE_DEVICES,
                Permission.REMOVE_DEVICES,
                Permission.MANAGE_ALARMS,
                Permission.SCHEDULE_UPDATES);
    }

    private static Set<Permission> networkSecurity() {
        return EnumSet.of(
                Permission.SEE_RESOURCES,
                Permission.MANAGE_FIREWALL,
                Permission.VIEW_CONNECTION_LOG,
                Permission.VIEW_OPERATIONS_LOG);
    }

    /** The name in the API. */
    public String code() {
        return code;
    }

    /** For people, in English. */
    public String text() {
        return text;
    }

    /** Those that have a built-in group. */
    public static List<Preset> builtIn() {
        return Arrays.stream(values())
                .filter(preset -> preset.group.isPresent())
                .toList();
    }

    /** Name of the built-in group. */
    public String group() {
        return group.orElseThrow(() -> new IllegalStateException("no group of its own: " + name()));
    }

    /** Whether its built-in group may pass its permissions on. */
    public boolean isDelegable() {
        return this == OWNERS || this == ADMINISTRATORS;
    }

    public Set<Permission> permissions() {
        return permissions;
    }

    public static Optional<Preset> ofGroup(String name) {
        return builtIn().stream().filter(preset -> preset.group().equals(name)).findFirst();
    }
}
