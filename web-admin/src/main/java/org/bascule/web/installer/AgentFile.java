package org.bascule.web.installer;

/** What an agent is made of. */
enum AgentFile {
    JAR("bascule-agent.jar", "application/java-archive", "@JAR_SHA256@", 200L << 20),
    START("bascule-agent", "text/plain; charset=utf-8", "@START_SHA256@", 1L << 20),
    UNIT("bascule-agent.service", "text/plain; charset=utf-8", "@UNIT_SHA256@", 1L << 20),
    DESKTOP("bascule-agent.desktop", "text/plain; charset=utf-8", "@DESKTOP_SHA256@", 1L << 20);

    private final String name;
    private final String type;
    private final String placeholder;
    private final long most;

    AgentFile(String name, String type, String placeholder, long most) {
        this.name = name;
        this.type = type;
        this.placeholder = placeholder;
        this.most = most;
    }

    /** In the operator's folder, and the last part of its address. */
    String fileName() {
        return name;
    }

    String type() {
        return type;
    }

    /** Where the script has its hash. */
    String placeholder() {
        return placeholder;
    }

    /** Bytes; what is larger is no agent. */
    long most() {
        return most;
    }
}
