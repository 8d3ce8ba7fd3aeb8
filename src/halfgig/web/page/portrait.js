// Chooses the portrait: dropped, pasted, photographed, picked as a file, or the presenter; its face is looked for at once.
import { sendForm } from "./api.js";
import { takePhoto } from "./camera.js";
import { announce, byId, isStopped, toggle } from "./dom.js";
import { FacePoints, guessedPoints, landmarksOf, pointsOf } from "./face_points.js";
import { calm, complain } from "./notice.js";
import { keep, keepFile, kept, keptFile } from "./store.js";
import { plural } from "./text.js";

const PRESENTER = "/page/presenter.webp";
const SMALLER = 2048; // pixels of the longer side of a picture the page makes smaller

/** The portrait that is chosen. */
export class Portrait {
  #file = null;
  #url = PRESENTER;
  #facts = {};
  #isEdited = false;
  #looking = null;

  /** `onChange` is called when another picture, face or point is chosen. */
  constructor(onChange) {
    this.onChange = onChange;
    this.place = byId("portrait-notices");
    this.view = new FacePoints(byId("portrait-frame"), {
      onMove: (points) => this.#keepFacts({ points, isMoved: true }, false),
      onChoose: (chosen) => this.#choose(chosen),
    });
    this.#wire();
    this.#show();
  }

  /** Take up the picture that was chosen before the page was loaded. */
  async restore() {
    const file = await keptFile("portrait");
    if (!file || this.#file) return;
    this.#file = file;
    this.#url = URL.createObjectURL(file);
    this.#facts = kept("portrait", {});
    this.#show();
    if (!this.#facts.width) await this.#look();
  }

  /** Tell whether there is a picture that can be sent. */
  get isReady() {
    return !this.#file || Boolean(this.#facts.points);
  }

  /** Give the address of the picture. */
  get url() {
    return this.#url;
  }

  /** Put the picture, and the points where they are the user's choice, into a form. */
  addTo(form) {
    if (!this.#file) return;
    form.append("input_reference", this.#file, this.#file.name || "portrait.jpg");
    if (this.#facts.isMoved || this.#facts.chosen) form.append("landmarks", landmarksOf(this.#facts.points));
  }

  /** Take a file as the portrait. */
  async take(file) {
    if (file.type && !file.type.startsWith("image/")) {
      return void complain(`“${file.name}” is not a picture. Choose a JPEG, PNG or WebP.`, [], this.place);
    }
    this.#forget();
    this.#file = file;
    this.#url = URL.createObjectURL(file);
    this.#keepFacts({});
    await keepFile("portrait", file);
    await this.#look();
  }

  #wire() {
    const input = byId("portrait-file");
    byId("portrait-pick").addEventListener("click", () => input.click());
    input.addEventListener("change", () => { if (input.files[0]) this.take(input.files[0]); input.value = ""; });
    byId("portrait-camera").addEventListener("click", async () => {
      const photo = await takePhoto();
      if (photo) this.take(photo);
    });
    byId("portrait-presenter").addEventListener("click", () => this.#usePresenter());
    byId("points-edit").addEventListener("click", () => this.#edit(!this.#isEdited));
    byId("points-reset").addEventListener("click", () => this.#choose(this.#facts.chosen ?? 0));
    this.#wireDrops();
  }

  #wireDrops() {
    const stage = byId("stage");
    const isPicture = (event) => [...(event.dataTransfer?.items ?? [])].some((each) => each.kind === "file");
    document.addEventListener("dragover", (event) => { if (isPicture(event)) { event.preventDefault(); stage.classList.add("is-over"); } });
    document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) stage.classList.remove("is-over"); });
    document.addEventListener("drop", (event) => {
      stage.classList.remove("is-over");
      const file = event.dataTransfer?.files[0];
      if (!file || event.defaultPrevented) return;
      event.preventDefault();
      this.take(file);
    });
    document.addEventListener("paste", (event) => {
      const file = [...(event.clipboardData?.files ?? [])].find((each) => each.type.startsWith("image/"));
      if (file) this.take(file);
    });
  }

  #forget() {
    this.#looking?.abort();
    if (this.#url.startsWith("blob:")) URL.revokeObjectURL(this.#url);
    this.#isEdited = false;
    calm(this.place);
  }

  #usePresenter() {
    this.#forget();
    this.#file = null;
    this.#url = PRESENTER;
    this.#keepFacts({});
    keepFile("portrait", null);
    announce("The presenter is chosen");
  }

  async #look() {
    this.#looking?.abort();
    const looking = new AbortController();
    this.#looking = looking;
    const form = new FormData();
    form.append("image", this.#file, this.#file.name || "portrait.jpg");
    this.#show();
    try {
      const found = await sendForm("/v1/faces", form, { signal: looking.signal, onWait: () => this.#say("The server is busy; looking again in a moment.") });
      this.#looking = null;
      this.#found(found);
    } catch (error) {
      if (isStopped(error)) return;
      this.#looking = null;
      this.#show();
      this.#refuse(error);
    }
  }

  #found({ width, height, data }) {
    if (data.length) {
      this.#keepFacts({ width, height, faces: data, chosen: 0, points: pointsOf(data[0]) });
      announce(data.length > 1 ? `${plural(data.length, "face")} were found; the largest is chosen` : "A face was found");
      return;
    }
    this.#keepFacts({ width, height, faces: [] });
    complain({ code: "no_face", message: "no face was found in this picture" }, [["Place the points myself", () => this.#placeAnew()], ["Use the presenter", () => this.#usePresenter()]], this.place);
  }

  #placeAnew() {
    const { width, height } = this.#facts;
    this.#keepFacts({ points: guessedPoints(width, height), isMoved: true });
    this.#edit(true);
  }

  #refuse(error) {
    const isLarge = error.code === "picture_too_large" || error.status === 413;
    const shrink = ["Make it smaller", () => this.#shrink()];
    const again = ["Try again", () => this.#look()];
    complain(error, [isLarge ? shrink : again, ["Use the presenter", () => this.#usePresenter()]], this.place);
  }

  async #shrink() {
    try {
      const bitmap = await createImageBitmap(this.#file);
      const scale = Math.min(1, SMALLER / Math.max(bitmap.width, bitmap.height));
      const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) });
      canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.9));
      await this.take(new File([blob], "portrait.jpg", { type: "image/jpeg" }));
    } catch {
      complain("This browser cannot read the picture. Save it as JPEG, smaller, and choose that.", [], this.place);
    }
  }

  #choose(chosen) {
    const face = this.#facts.faces?.[chosen];
    const points = face ? pointsOf(face) : guessedPoints(this.#facts.width, this.#facts.height);
    this.#keepFacts({ chosen, points, isMoved: !face });
  }

  #edit(isEdited) {
    this.#isEdited = isEdited;
    this.#show();
    if (isEdited) byId("portrait-frame").querySelector(".handle")?.focus();
  }

  #keepFacts(changed, isDrawn = true) {
    const isNew = !Object.keys(changed).length;
    this.#facts = isNew ? {} : { ...this.#facts, ...changed };
    keep("portrait", isNew ? undefined : this.#facts);
    this.#show(isDrawn);
    this.onChange();
  }

  #show(isDrawn = true) {
    const { width, height, faces = [], chosen = 0, points } = this.#facts;
    const isOwn = Boolean(this.#file);
    if (isDrawn) {
      this.view.show({
        url: this.#url, alt: isOwn ? "Your portrait" : "The presenter: a drawn woman who looks at you", whole: width ? [width, height] : [1, 1],
        faces, chosen, points: points ?? null, isEdited: this.#isEdited,
      });
    }
    byId("portrait-frame").classList.toggle("is-unmeasured", isOwn && !width);
    toggle(isOwn && Boolean(points), byId("points-edit"));
    toggle(this.#isEdited, byId("points-reset"));
    toggle(isOwn, byId("portrait-presenter"));
    byId("points-edit").textContent = this.#isEdited ? "Done" : "Adjust the points";
    this.#say(this.#caption());
    byId("portrait-frame").setAttribute("aria-busy", String(Boolean(this.#looking)));
  }

  #caption() {
    const { faces = [], points, isMoved, chosen = 0 } = this.#facts;
    if (this.#looking) return "Looking for a face…";
    if (!this.#file) return "The presenter. Drop, paste or choose a picture to use your own.";
    if (this.#isEdited) return "Drag the points onto the eyes, the nose and the corners of the mouth, or use the arrow keys.";
    if (!points) return "No face is known in this picture yet.";
    if (faces.length > 1) return `Face ${chosen + 1} of ${faces.length}. Click another to use it.`;
    return isMoved ? "The points are where you put them." : "This is the face that will speak.";
  }

  #say(text) {
    byId("portrait-said").textContent = text;
  }
}
