package org.bascule.agent.desktop.rfb;

/**
 * A monitor.
 *
 * @param id what the client names it by
 * @param name as the display server has it: text from outside
 */
public record DesktopScreen(String id, String name, int x, int y, int width, int height) {}
