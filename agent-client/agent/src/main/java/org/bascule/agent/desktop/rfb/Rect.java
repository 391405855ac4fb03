package org.bascule.agent.desktop.rfb;

/** A part of the picture, in pixels. */
record Rect(int x, int y, int width, int height) {}
