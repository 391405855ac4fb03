package org.bascule.agent;

import picocli.CommandLine;

/** The version of this programme, from its jar. */
public final class Version implements CommandLine.IVersionProvider {

    /** Short text, at most 64 characters. */
    public static String text() {
        String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Name and version of the operating system, as the Java platform knows it. */
    public static String operatingSystem() {
        String text = System.getProperty("os.name", "unknown") + " " + System.getProperty("os.version", "") + " "
                + System.getProperty("os.arch", "");
        return text.length() > 200 ? text.substring(0, 200) : text;
    }

    @Override
    public String[] getVersion() {
        return new String[] {"bascule-agent " + text()};
    }
}
