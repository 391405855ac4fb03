@NullMarked
package org.bascule.websocket;

import org.jspecify.annotations.NullMarked;
