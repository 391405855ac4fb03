package org.bascule.domain.transfer;

import java.util.Arrays;
import java.util.Optional;

/** The columns of a line. The name is the member in JSON and the head of the column in CSV, where they stand in this order. */
enum Column {
    KIND("kind", Type.TEXT),
    /** Empty to have the thing as the line says; {@code delete} to have it not. */
    ACTION("action", Type.TEXT),
    ID("id", Type.TEXT),
    /** Names from the topmost visible folder down: see {@link Paths}. */
    PATH("path", Type.TEXT),
    NAME("name", Type.TEXT),
    DESCRIPTION("description", Type.TEXT),
    INHERIT("inherit", Type.FLAG),
    QUOTA("quota", Type.NUMBER),
    ACCOUNT("account", Type.TEXT),
    TAGS("tags", Type.LIST),
    GROUP("group", Type.TEXT),
    MEMBER("member", Type.TEXT),
    MAC("mac", Type.TEXT),
    IP("ip", Type.TEXT),
    /** Such as {@code ssh:22}. */
    SERVICES("services", Type.LIST),
    RESOURCE("resource", Type.TEXT),
    PRINCIPAL("principal", Type.TEXT),
    PERMISSION("permission", Type.TEXT),
    EFFECT("effect", Type.TEXT),
    FROM("from", Type.TEXT),
    UNTIL("until", Type.TEXT),
    /** Weekly hours: see {@link Windows}. */
    WINDOW("window", Type.TEXT),
    DELEGABLE("delegable", Type.FLAG),
    REFERENCE("reference", Type.TEXT),
    PURPOSE("purpose", Type.TEXT),
    TERMS("terms", Type.TEXT),
    REQUIRED("required", Type.FLAG),
    QUALIFICATIONS("qualifications", Type.LIST),
    COMMENT_REQUIRED("commentRequired", Type.FLAG),
    FULL_SESSION_LOG("fullSessionLog", Type.FLAG),
    ASSISTANCE("assistance", Type.FLAG),
    ASSISTANCE_UNTIL("assistanceUntil", Type.TEXT),
    CONTACT_FIELDS("contactFields", Type.LIST),
    EXPIRES_HOURS("expiresHours", Type.NUMBER),
    NOTIFICATION_ADDRESSES("notificationAddresses", Type.LIST),
    AUDIT_DAYS("auditDays", Type.NUMBER),
    CONSENT("consent", Type.TEXT),
    REASON_REQUIRED("reasonRequired", Type.FLAG),
    FULL_LOG("fullLog", Type.FLAG),
    TIMEOUT_SECONDS("timeoutSeconds", Type.NUMBER),
    RELAY("relay", Type.TEXT);

    /** How JSON writes a value; in CSV all are texts. */
    enum Type {
        TEXT,
        FLAG,
        NUMBER,
        /** In CSV joined by semicolons: see {@link Lists}. */
        LIST
    }

    private final String code;
    private final Type type;

    Column(String code, Type type) {
        this.code = code;
        this.type = type;
    }

    String code() {
        return code;
    }

    Type type() {
        return type;
    }

    static Optional<Column> ofCode(String code) {
        return Arrays.stream(values())
                .filter(column -> column.code.equals(code))
                .findFirst();
    }
}
