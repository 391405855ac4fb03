@NullMarked
package org.bascule.websocket.container;

import org.jspecify.annotations.NullMarked;
