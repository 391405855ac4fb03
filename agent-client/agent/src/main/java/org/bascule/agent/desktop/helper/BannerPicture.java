package org.bascule.agent.desktop.helper;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Locale;
import java.util.ResourceBundle;

/**
 * What the banner says, drawn.
 *
 * @param buttonX where the button begins
 */
record BannerPicture(BufferedImage image, int buttonX, int buttonWidth) {

    private static final int HEIGHT = 30;
    private static final int PADDING = 14;
    private static final int MAX_NAME = 48;
    private static final Color VIEW = new Color(0x0b3d66);
    private static final Color CONTROL = new Color(0x8a1c1c);

    /**
     * @param place whose screen it is; empty for the one that shows the banner
     * @param locked whether mouse and keyboard at the device are: then the button cannot be pressed there, and it is said what can
     */
    static BannerPicture of(String user, String place, boolean control, boolean locked, Locale locale) {
        ResourceBundle texts = ResourceBundle.getBundle(
                "org.bascule.agent.desktop.helper.texts",
                locale.getLanguage().equals("de") ? Locale.GERMAN : Locale.ROOT,
                ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
        String key = (control ? "control" : "view") + (place.isEmpty() ? "" : ".other");
        String text = texts.getString(key).formatted(inert(user), inert(place));
        if (locked) {
            text += " " + texts.getString("locked");
        }
        String end = texts.getString("end");
        Font font = new Font(Font.SANS_SERIF, Font.BOLD, 14);
        FontMetrics metrics = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB)
                .createGraphics()
                .getFontMetrics(font);
        int buttonX = metrics.stringWidth(text) + 2 * PADDING;
        int buttonWidth = metrics.stringWidth(end) + 2 * PADDING;
        BufferedImage image = new BufferedImage(buttonX + buttonWidth, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = image.createGraphics();
        graphics.setRenderingHint(RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
        graphics.setColor(control ? CONTROL : VIEW);
        graphics.fillRect(0, 0, image.getWidth(), HEIGHT);
        graphics.setFont(font);
        graphics.setColor(Color.WHITE);
        int base = (HEIGHT + metrics.getAscent() - metrics.getDescent()) / 2;
        graphics.drawString(text, PADDING, base);
        graphics.fillRect(buttonX, 4, buttonWidth - 4, HEIGHT - 8);
        graphics.setColor(Color.BLACK);
        graphics.drawString(end, buttonX + PADDING - 2, base);
        graphics.dispose();
        return new BannerPicture(image, buttonX, buttonWidth);
    }

    /** A name from outside, without what turns text round or hides it. */
    private static String inert(String name) {
        String clean = name.replaceAll("[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cn}]", "\ufffd");
        return clean.codePointCount(0, clean.length()) > MAX_NAME
                ? clean.substring(0, clean.offsetByCodePoints(0, MAX_NAME)) + "…"
                : clean;
    }
}
