package org.bascule.agent.desktop.rfb;

/**
 * The pointer's shape.
 *
 * @param pixels rows of ARGB, alpha premultiplied
 * @param hotX from the left
 * @param hotY from the top
 */
public record CursorImage(int[] pixels, int width, int height, int hotX, int hotY) {}
