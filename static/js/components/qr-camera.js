// Reads QR codes with the camera or from a photo: by the browser where it can, else by the library that npm brought.
const SIDE = 1000;
let reader;

async function chosen(library) {
  if ("BarcodeDetector" in globalThis && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
    const detector = new BarcodeDetector({ formats: ["qr_code"] });
    return async (canvas) => (await detector.detect(canvas))[0]?.rawValue ?? "";
  }
  if (!library) return null;
  await import(library);
  return async (canvas) => {
    const { width, height } = canvas;
    const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
    return globalThis.jsQR(data, width, height, { inversionAttempts: "dontInvert" })?.data ?? "";
  };
}

export async function canRead(library = "") {
  reader ??= chosen(library).catch(() => null);
  return Boolean(await reader);
}

export const hasCamera = () => Boolean(navigator.mediaDevices?.getUserMedia);

async function textOn(source, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d", { willReadFrequently: true }).drawImage(source, 0, 0, canvas.width, canvas.height);
  return (await reader)(canvas);
}

// A photo of a whole sheet needs its pixels, a photo of the code alone reads better when it is small.
export async function textOnPhoto(file) {
  const picture = await createImageBitmap(file);
  for (const side of [SIDE, 2 * SIDE, SIDE / 2]) {
    const text = await textOn(picture, picture.width, picture.height, side);
    if (text) return text;
  }
  return "";
}

// Shows the camera in the video element until a text is found or `signal` says stop.
export async function textFromCamera(video, signal) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  try {
    video.srcObject = stream;
    await video.play();
    while (!signal.aborted) {
      const text = video.videoWidth ? await textOn(video, video.videoWidth, video.videoHeight, SIDE) : "";
      if (text) return text;
      await new Promise((resolve) => { setTimeout(resolve, 120); });
    }
    return "";
  } finally {
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
  }
}
