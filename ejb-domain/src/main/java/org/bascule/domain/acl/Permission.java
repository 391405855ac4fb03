package org.bascule.domain.acl;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.bascule.domain.refusal.Sentence;
import org.bascule.domain.refusal.Template;

/** The catalogue of permissions (requirement ACL-3), each separately grantable. A code is never reused for something else. */
public enum Permission {
    SEE_RESOURCES("see-resources", Kind.ADMINISTRATION, "See resources"),
    MANAGE_FOLDERS("manage-folders", Kind.ADMINISTRATION, "Manage folders"),
    SEE_USERS("see-users", Kind.ADMINISTRATION, "See users"),
    MANAGE_USERS("manage-users", Kind.ADMINISTRATION, "Manage users and groups"),
    MANAGE_PERMISSIONS("manage-permissions", Kind.ADMINISTRATION, "Manage permissions"),
    VIEW_CONNECTION_LOG("view-connection-log", Kind.ADMINISTRATION, "View the connection log"),
    VIEW_OPERATIONS_LOG("view-operations-log", Kind.ADMINISTRATION, "View the operations log"),
    MANAGE_FIREWALL("manage-firewall", Kind.ADMINISTRATION, "Manage the firewall"),
    INSTALL_DEVICES("install-devices", Kind.ADMINISTRATION, "Install devices"),
    CONFIGURE_DEVICES("configure-devices", Kind.ADMINISTRATION, "Configure devices"),
    REMOVE_DEVICES("remove-devices", Kind.ADMINISTRATION, "Remove devices"),
    SCHEDULE_UPDATES("schedule-updates", Kind.ADMINISTRATION, "Schedule updates"),
    MANAGE_VAULT("manage-vault", Kind.ADMINISTRATION, "Manage the vault"),
    VIEW_RECORDINGS("view-recordings", Kind.ADMINISTRATION, "View recordings"),
    MANAGE_ALARMS("manage-alarms", Kind.ADMINISTRATION, "Manage alarms"),
    APPROVE_ACCESS("approve-access", Kind.ADMINISTRATION, "Approve access"),
    WATCH_SESSIONS("watch-sessions", Kind.ADMINISTRATION, "Watch sessions"),
    END_SESSIONS("end-sessions", Kind.ADMINISTRATION, "End sessions"),
    MANAGE_SIGN_IN("manage-sign-in", Kind.ADMINISTRATION, "Manage sign-in"),
    VIEW_DESKTOP("view-desktop", Kind.DEVICE_ACCESS, "View the desktop"),
    CONTROL_DESKTOP("control-desktop", Kind.DEVICE_ACCESS, "Control the desktop"),
    CLIPBOARD_TO_DEVICE("clipboard-to-device", Kind.DEVICE_ACCESS, "Clipboard to the device"),
    CLIPBOARD_FROM_DEVICE("clipboard-from-device", Kind.DEVICE_ACCESS, "Clipboard from the device"),
    TERMINAL("terminal", Kind.DEVICE_ACCESS, "Terminal"),
    READ_FILES("read-files", Kind.DEVICE_ACCESS, "Read files"),
    WRITE_FILES("write-files", Kind.DEVICE_ACCESS, "Write files"),
    VIEW_PROCESSES("view-processes", Kind.DEVICE_ACCESS, "View processes"),
    MANAGE_PROCESSES("manage-processes", Kind.DEVICE_ACCESS, "Manage processes"),
    FORWARDING("forwarding", Kind.DEVICE_ACCESS, "Web and TCP forwarding"),
    VPN("vpn", Kind.DEVICE_ACCESS, "VPN"),
    PASS_THROUGH("pass-through", Kind.DEVICE_ACCESS, "Serial and USB pass-through"),
    POWER("power", Kind.DEVICE_ACCESS, "Power (restart)"),
    CHAT("chat", Kind.DEVICE_ACCESS, "Chat with the person at the device"),
    RECEIVE_ASSISTANCE_REQUESTS("receive-assistance-requests", Kind.ADMINISTRATION, "Receive assistance requests"),
    SET_CONSENT_POLICY("set-consent-policy", Kind.ADMINISTRATION, "Set the consent policy"),
    /** Counts in the operator's domain alone, see {@link Operators}. */
    OPERATE_INSTALLATION("operate-installation", Kind.ADMINISTRATION, "Operate the installation");

    /** What a permission is about. */
    public enum Kind {
        ADMINISTRATION,
        DEVICE_ACCESS
    }

    /** {@code ArchitectureTest} holds it to what the code asks for. */
    private static final Set<Permission> UNUSED =
            EnumSet.of(MANAGE_FIREWALL, SCHEDULE_UPDATES, MANAGE_VAULT, VIEW_RECORDINGS, VPN, PASS_THROUGH);

    private final String code;
    private final Kind kind;
    private final String text;
    private final Sentence sentence;

    Permission(String code, Kind kind, @Template String text) {
        this.code = code;
        this.kind = kind;
        this.text = text;
        this.sentence = Sentence.of(text);
    }

    /** The name in the API and the database. */
    public String code() {
        return code;
    }

    public Kind kind() {
        return kind;
    }

    /** For people, in English. */
    public String text() {
        return text;
    }

    /**
     * Whether anything in this version asks for it. The others can be granted and denied, so that entries need not be made anew when their feature comes, and whoever offers
     * them says that they do nothing yet.
     */
    public boolean isUsed() {
        return !UNUSED.contains(this);
    }

    /** For people, in their language. */
    public Sentence sentence() {
        return sentence;
    }

    public static Optional<Permission> ofCode(String code) {
        return Arrays.stream(values()).filter(p -> p.code.equals(code)).findFirst();
    }

    /** All permissions of a kind. */
    public static Set<Permission> of(Kind kind) {
        Set<Permission> permissions = EnumSet.noneOf(Permission.class);
        Arrays.stream(values()).filter(p -> p.kind == kind).forEach(permissions::add);
        return permissions;
    }
}
